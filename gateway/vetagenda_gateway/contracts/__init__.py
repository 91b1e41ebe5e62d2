"""What the platform promises to integrators: the merged OpenAPI document, AsyncAPI, the problems, `/docs`."""
