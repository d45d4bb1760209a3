document.title = "admin";
