"""Publishing: from the store to the published folder, and the pages that are served live."""
