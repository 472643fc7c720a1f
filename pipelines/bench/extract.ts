import {readMysql} from "../config.ts";
import {openMysql} from "../source/mysql/connect.ts";
import {copyRows} from "../source/mysql/rows.ts";

/* MySQL to Parquet in a process of its own: URL, SELECT, number of columns, FILE. Prints seconds and memory as JSON. */

const [url, sql, width, file] = process.argv.slice(2) as [string, string, string, string];
const mysql = await openMysql(readMysql("URL", url));
const columns = Array.from({length: Number(width)}, (_, n) => ({name: `c${n}`, isBinary: false}));
const idle = process.memoryUsage.rss();
const began = performance.now();
const rows = await copyRows(mysql.connection, sql, columns, file);
const seconds = (performance.now() - began) / 1000;
await mysql.close();
console.log(JSON.stringify({rows, seconds, over: process.resourceUsage().maxRSS * 1024 - idle}));
