it('is there', () => {});
