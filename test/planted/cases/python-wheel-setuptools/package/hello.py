"""Says hello."""


def hello():
    return "hello"
