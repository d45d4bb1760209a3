#!/bin/sh
set -e
exec ledger
