"""Mini-Projects for ConnectWise Manage."""
