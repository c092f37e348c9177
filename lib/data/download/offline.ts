/** Why nothing may be downloaded, where the environment variable `CURIO_OFFLINE` is set to anything. */
export function offlineReason(): string | undefined {
  return Deno.env.get("CURIO_OFFLINE") ? "downloads are switched off (CURIO_OFFLINE)" : undefined;
}
