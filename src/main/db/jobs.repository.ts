/** The table of jobs and the curves they drew. */
import { asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { CurvePoint, Job } from '../../core/jobs.ts';
import type { Connection } from './connection.ts';
import { curvePoints, jobs } from './schema.ts';

export interface JobsRepository {
  find(id: string): Job | undefined;
  /** The newest `limit`, oldest first. */
  listNewest(limit: number): Job[];
  /** Queued and running ones: at start, those that a stop interrupted. */
  listUnfinished(): Job[];
  save(job: Job): void;
  appendCurve(jobId: string, points: readonly CurvePoint[]): void;
  listCurve(jobId: string): CurvePoint[];
  /** Forgets points from `step` on: a resumed run draws them again. */
  truncateCurve(jobId: string, step: number): void;
}

export function createJobsRepository({ db, sqlite }: Connection): JobsRepository {
  const append = sqlite.prepare(
    'INSERT INTO curve_points (job_id, position, point) VALUES (@jobId, (SELECT coalesce(max(position), -1) + 1 FROM curve_points WHERE job_id = @jobId), @point)',
  );
  return {
    find: (id) => db.select().from(jobs).where(eq(jobs.id, id)).get(),
    listNewest: (limit) =>
      db.select().from(jobs).orderBy(desc(jobs.createdAtMs), desc(sql`rowid`)).limit(limit).all().reverse(),
    listUnfinished: () =>
      db
        .select()
        .from(jobs)
        .where(inArray(sql`json_extract(${jobs.state}, '$.status')`, ['queued', 'running']))
        .orderBy(asc(jobs.createdAtMs))
        .all(),
    save: (job) => {
      const { id: _id, ...changes } = job;
      db.insert(jobs).values(job).onConflictDoUpdate({ target: jobs.id, set: changes }).run();
    },
    appendCurve: (jobId, points) =>
      sqlite.transaction(() => {
        for (const point of points) append.run({ jobId, point: JSON.stringify(point) });
      })(),
    listCurve: (jobId) =>
      db
        .select({ point: curvePoints.point })
        .from(curvePoints)
        .where(eq(curvePoints.jobId, jobId))
        .orderBy(asc(curvePoints.position))
        .all()
        .map((row) => row.point),
    truncateCurve: (jobId, step) => {
      db.delete(curvePoints)
        .where(
          sql`${curvePoints.jobId} = ${jobId} and json_extract(${curvePoints.point}, '$.step') >= ${step}`,
        )
        .run();
    },
  };
}
