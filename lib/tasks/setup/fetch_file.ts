/**
 * Fetches one file: `fetch_file.ts PATH ADDRESS SHA256`.
 *
 * @module
 */
import { download } from "../../data/download/download.ts";
import { downloadText } from "../download_text.ts";

const [path, address, sha256] = Deno.args;
await download(path, { addresses: [address], sha256, onProgress: downloadText((text) => console.log(text)) });
