"""The ``feedhub`` command. Only this package imports typer and rich."""

import gc

# by default the collector looks through all that is loaded again and again while hundreds of
# modules are being imported, and finds nothing: a tenth of a short command's time
gc.set_threshold(50_000, 20, 50)
