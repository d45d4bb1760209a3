import os

from flask import Flask

app = Flask(__name__)
database = os.environ["DATABASE_URL"]
