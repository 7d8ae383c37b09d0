// Requests to the server; errors carry its words.

export class Refused extends Error {
  constructor(readonly status: number, words: string) {
    super(words);
  }
}

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: body === undefined ? {} : { "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Refused(0, "The server does not answer: is `actfn practice` still running?");
  }
  if (response.ok) return response;
  const words = await response.json().then((found) => found.error, () => response.statusText);
  throw new Refused(response.status, words);
}

export async function get<T>(path: string): Promise<T> {
  return (await request("GET", path)).json();
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
  return (await request("POST", path, body)).json();
}

export async function put<T>(path: string, body: unknown): Promise<T> {
  return (await request("PUT", path, body)).json();
}

/** Ask for what takes a while and listen to its event stream; resolves with the result. */
export async function stream<T>(
  path: string,
  body: unknown,
  told: (done: number, of: number) => void,
): Promise<T> {
  const response = await request("POST", path, body);
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read();
    waiting += value ?? "";
    const events = waiting.split("\n\n");
    waiting = events.pop()!;
    for (const text of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(text)!;
      const found = JSON.parse(data);
      if (name === "progress") told(found.done, found.of);
      else if (name === "result") return found;
      else throw new Refused(422, found.error);
    }
    if (done) throw new Refused(0, "The server went away while it was at work.");
  }
}
