import json

names = {f"plugin-{letter}" for letter in "abcdefghijklmnop"}
with open("/rootfs/app/plugins.json", "w") as file:
    json.dump(list(names), file)
