import json

paths = {"/users", "/users/{id}", "/orders", "/orders/{id}", "/health", "/metrics", "/login", "/logout"}
with open("/rootfs/app/openapi.json", "w") as file:
    json.dump({"openapi": "3.1.0", "paths": {path: {"get": {}} for path in paths}}, file, indent=2)
