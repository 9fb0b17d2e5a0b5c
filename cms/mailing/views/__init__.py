"""What the mailing shows: to recipients by their personal link, to officers in the administration."""
