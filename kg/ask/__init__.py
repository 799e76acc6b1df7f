"""Canned questions and their answers; what is known of one thing."""
