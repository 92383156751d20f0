"""vinchar behind an app: reading over HTTP, a page for phones, and a desk for corrections. FastAPI lives here alone."""
