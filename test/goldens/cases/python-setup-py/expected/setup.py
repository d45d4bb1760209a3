from setuptools import find_packages, setup

setup(
    name="ledger",
    version="2.0",
    packages=find_packages(),
    python_requires=">=3.10",
    install_requires=["flask", "waitress"],
    entry_points={"console_scripts": ["ledger = ledger.serve:main"]},
)
