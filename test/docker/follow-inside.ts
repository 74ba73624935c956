/** Follows the host it runs on and prints, at every change of the graph, what it shows then: one JSON document a line. */
import { openLocalHost } from '../../src/host/local-host.ts';
import { createSession } from '../../src/session.ts';

const session = createSession([await openLocalHost()]);

const tell = (): void => {
  const { graph, phase, following, gaps } = session.state();
  if (graph === undefined) return;
  const links = [...graph.links.values()];
  const shown = {
    at: Date.now(),
    phase,
    following,
    gaps: gaps.length,
    containers: [...graph.containers.values()].map(({ facts }) => `${facts.name} ${facts.state}`),
    links: links.map((link) => `${graph.netns.get(link.netns)?.name} ${link.facts.ifname} ${link.state}`),
  };
  process.stdout.write(`${JSON.stringify(shown)}\n`);
};

session.subscribe(tell);
await session.start({ follow: true });
tell();
process.on('SIGTERM', () => void session.close().then(() => process.exit(0)));
setInterval(() => {}, 60_000);
