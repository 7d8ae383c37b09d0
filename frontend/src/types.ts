// What the server sends.

interface Heading {
  slug: string;
  number: number;
  title: string;
  company: string;
  difficulty: string;
  minutes: number;
  tags: string[];
}

export interface Summary extends Heading {
  kinds: string[];
  topic: string;
  words: string;
  attempts: number;
  verdict: string;
  due: string | null;
  due_now: boolean;
}

export interface Report {
  passed: number;
  questions: { question: string; title: string; verdict: string; seconds: number; budget: number; findings: string[] }[];
}

export interface Overview {
  questions: Summary[];
  agenda: string[];
  next_due: string | null;
  difficulties: string[];
  interview_date: string | null;
  days_left: number | null;
  streak: number;
  counts: Record<string, number>;
  attempts: number;
  mocks: Report[];
}

export interface Finding {
  check: string;
  severity: "wrong" | "fragile" | "note";
  message: string;
  input: string;
  got: string;
  expected: string;
  line: number | null;
}

export interface Result {
  verdict: string;
  says?: string;
  taken?: boolean;
  findings?: Finding[];
  seconds?: number;
  notice?: string;
  message?: string;
  latex?: string;
  readable?: boolean;
  name?: string;
  points?: boolean[];
}

export interface Part {
  index: number;
  kind: "code" | "formula" | "plot" | "spoken";
  name?: string;
  prompt?: string;
  signature?: string;
  contract?: string[];
  starter?: string;
  answered: boolean;
  answer: string;
  hints: string[];
  hints_left: number;
  result?: Result;
}

export interface Visit extends Heading {
  visit: string;
  mock: boolean;
  text: string;
  parts: Part[];
  drafts?: Record<string, string>;
  verdict: string;
  seconds: number;
  budget: number;
  paused: boolean;
}

export interface Curve {
  name?: string;
  x: number[];
  value: (number | null)[];
  derivative?: (number | null)[];
  second?: (number | null)[];
}
