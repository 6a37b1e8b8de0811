"""Business rules of ConnectWise: what a request does to the records. Knows neither HTTP nor the seeded data."""
