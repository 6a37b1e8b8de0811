"""Bodies of requests and responses for the API description. They document; values are checked by the workflow."""
