"""Booking meals by touch: choosing step by step, and the bookings that were made."""
