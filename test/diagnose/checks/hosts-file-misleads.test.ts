/** hosts-file-misleads: what it finds, and what it must not be confused with. */
import { hostsFileMisleads } from '../../../src/diagnose/checks/hosts-file-misleads.ts';
import { testCheck } from '../test-check.ts';

const own = '127.0.0.1\tlocalhost\n172.20.0.2\tweb\n';

testCheck(hostsFileMisleads, {
  finds: {
    'a line leads a neighbour to an address it does not have': (draft) => {
      draft.webContainer.files!.hosts = `${own}10.9.9.9 db # written by hand\n`;
    },
    'a line leads the alias of a neighbour elsewhere': (draft) => {
      draft.dbContainer.endpoints[0]!.aliases = ['store'];
      draft.webContainer.files!.hosts = `${own}10.9.9.9 store\n`;
    },
  },
  ignores: {
    'a line with the address it has': (draft) => {
      draft.webContainer.files!.hosts = `${own}172.20.0.3 db\n`;
    },
    'a name that no container has': (draft) => {
      draft.webContainer.files!.hosts = `${own}10.9.9.9 host.docker.internal\n`;
    },
    'a line in a comment': (draft) => {
      draft.webContainer.files!.hosts = `${own}# 10.9.9.9 db\n`;
    },
    'a neighbour on the default bridge, which knows no names': (draft) => {
      for (const { endpoints } of [draft.webContainer, draft.dbContainer]) endpoints[0]!.network = 'bridge';
      draft.webContainer.files!.hosts = `${own}10.9.9.9 db\n`;
    },
  },
});
