"""The ``feedhub`` command. Only this package imports typer and rich."""
