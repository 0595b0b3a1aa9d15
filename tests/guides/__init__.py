"""The papers for people: pictures taken from the running console, words held to it."""
