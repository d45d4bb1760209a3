import { readYaml } from '../../surroundings/tree.ts';
import type { Project } from '../language.ts';
import { wordsOf } from './words.ts';

const files = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml', 'docker-compose.prod.yml'];

/** The commands of a compose file's services that are built here. */
export function composeCommands(project: Project): { words: string[]; from: string }[] {
  return files.flatMap((file) =>
    readYaml(file, project.read(file)).flatMap((document) =>
      document
        .at('services')
        .members()
        .flatMap(({ value: service }) => {
          const command = service.at('command');
          const built = service.at('build').isMap || service.at('build').text !== null;
          const items = command.items().flatMap(({ text }) => text ?? []);
          if (!built || items.length === 0) return [];
          return [{ words: wordsOf(command.text ?? JSON.stringify(items)), from: command.from }];
        }),
    ),
  );
}
