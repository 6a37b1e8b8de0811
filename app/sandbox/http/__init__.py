"""The sandbox as a server: requests in, answers out, control paths and the page for people."""
