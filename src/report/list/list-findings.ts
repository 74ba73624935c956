/** `list findings`: one row a finding, root causes first. */
import type { Diagnosis } from '../../diagnose/finding.ts';
import type { FindingRow } from '../schemas/list-schema.ts';

export const listFindings = ({ findings }: Pick<Diagnosis, 'findings'>): FindingRow[] =>
  findings.map(({ id, check, severity, subject, title, hides }) => ({
    id,
    check,
    severity,
    subject,
    title,
    ...(hides.length === 0 ? {} : { hides: [...hides] }),
  }));
