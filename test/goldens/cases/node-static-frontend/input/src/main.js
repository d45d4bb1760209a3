document.title = "forum";
