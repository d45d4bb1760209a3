export default { generateBuildId: () => 'build' };
