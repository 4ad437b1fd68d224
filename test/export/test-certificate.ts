import { generateKeyPairSync, sign } from "node:crypto";

export interface TestCertificateOptions {
  /** The IP address (v4) or host name that it is for. */
  host: string;
  notBefore?: Date;
  notAfter?: Date;
}

export interface TestCertificate {
  /** PEM. */
  key: string;
  /** PEM. Self-signed, so it is its own authority. */
  cert: string;
}

const DAY_MS = 86_400_000;
const OID = { ecdsaWithSha256: "2a8648ce3d040302", commonName: "550403", subjectAltName: "551d11" };
const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, text: 0x0c, time: 0x18, sequence: 0x30, set: 0x31 };
/** Of an alternative name, by context. */
const NAME = { dns: 0x82, ip: 0x87 };

/** Makes a certificate (X.509 v3, P-256) without openssl, which not every machine has. */
export function testCertificate({
  host,
  notBefore = new Date(Date.now() - DAY_MS),
  notAfter = new Date(Date.now() + DAY_MS),
}: TestCertificateOptions): TestCertificate {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const algorithm = der(TAG.sequence, oid(OID.ecdsaWithSha256));
  const name = der(
    TAG.sequence,
    der(TAG.set, der(TAG.sequence, oid(OID.commonName), der(TAG.text, Buffer.from("test")))),
  );
  const isIp = /^\d+(\.\d+){3}$/.test(host);
  const alternative = isIp ? der(NAME.ip, Buffer.from(host.split(".").map(Number))) : der(NAME.dns, Buffer.from(host));
  const extension = der(TAG.sequence, oid(OID.subjectAltName), der(TAG.octets, der(TAG.sequence, alternative)));
  const signed = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, Buffer.from([2]))),
    der(TAG.integer, Buffer.from([1])),
    algorithm,
    name,
    der(TAG.sequence, time(notBefore), time(notAfter)),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, der(TAG.sequence, extension)),
  );
  const signature = der(TAG.bits, Buffer.from([0]), sign("sha256", signed, privateKey));
  const body = der(TAG.sequence, signed, algorithm, signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${body.match(/.{1,64}/g)?.join("\n")}\n-----END CERTIFICATE-----\n`,
  };
}

/** One element: its tag, the length of its content, its content. */
function der(tag: number, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), body]);
}

function oid(hex: string): Buffer {
  return der(TAG.oid, Buffer.from(hex, "hex"));
}

function time(date: Date): Buffer {
  return der(TAG.time, Buffer.from(`${date.toISOString().replace(/\D/g, "").slice(0, 14)}Z`));
}
