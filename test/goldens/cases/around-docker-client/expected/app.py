import docker
from flask import Flask

app = Flask(__name__)
engine = docker.from_env()
