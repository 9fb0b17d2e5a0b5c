"""Where press and agenda meet: neither knows the other, and a press conference is of both."""
