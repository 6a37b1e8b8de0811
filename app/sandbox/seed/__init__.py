"""Seeded data: companies, boards, people, a past, sample tickets and tickets with money."""
