it('answers', () => {});
