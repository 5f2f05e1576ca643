"""What Board and Edit share: how shots look, their renders and takes, pictures, the film's player.

It knows neither of the two.
"""
