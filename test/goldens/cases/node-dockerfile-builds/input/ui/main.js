document.title = 'Board';
