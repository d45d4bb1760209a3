from flask import Flask
from waitress import serve

app = Flask(__name__)


def main():
    serve(app, host="0.0.0.0", port=8123)
