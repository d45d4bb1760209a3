package lib

const Name = "kiosk"
