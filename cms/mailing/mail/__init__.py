"""From a renderer's words to bytes, and from bytes to a server."""
