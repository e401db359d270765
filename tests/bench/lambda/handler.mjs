// The function as it is usually written for Node: one fetch to Codestral, CORS for everybody, the answer as a whole.
const headers = { "Content-Type": "application/json", "Access-Control-Allow-Origin": "*" };
const reply = (statusCode, body) => ({ statusCode, headers, body: JSON.stringify(body) });

export async function handler(event) {
  const { prompt, suffix = "", max_tokens = 150, temperature = 0.2 } = JSON.parse(event.body ?? JSON.stringify(event));
  if (prompt === undefined) return reply(400, { success: false, error: "Missing required field: prompt" });
  const key = process.env.CODESTRAL_API_KEY;
  if (!key) return reply(500, { success: false, error: "CODESTRAL_API_KEY not configured" });

  const model = "codestral-latest";
  const answer = await fetch(`${process.env.FIM_UPSTREAM_URL}/v1/fim/completions`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${key}` },
    body: JSON.stringify({ model, prompt, suffix, max_tokens, temperature }),
  });
  if (!answer.ok) return reply(answer.status, { success: false, error: `Codestral error: ${await answer.text()}` });
  const data = await answer.json();
  return reply(200, { success: true, completion: data.choices[0].message.content, model });
}
