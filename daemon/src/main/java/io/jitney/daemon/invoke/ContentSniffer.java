package io.jitney.daemon.invoke;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;

/**
 * Guesses the type of content that has none, as Go's HTTP server does when a handler writes without
 * saying ({@code http.DetectContentType}, the WHATWG sniffing table).
 */
final class ContentSniffer {
  private static final int LOOKED_AT = 512;
  private static final String TEXT = "text/plain; charset=utf-8";
  private static final String BINARY = "application/octet-stream";

  private static final String[] HTML = {
    "<!DOCTYPE HTML",
    "<HTML",
    "<HEAD",
    "<SCRIPT",
    "<IFRAME",
    "<H1",
    "<DIV",
    "<FONT",
    "<TABLE",
    "<A",
    "<STYLE",
    "<TITLE",
    "<B",
    "<BODY",
    "<BR",
    "<P",
    "<!--"
  };

  /** Leading bytes (as Latin-1) and the type they mean; {@code ?} is any byte. */
  private static final String[][] SIGNATURES = {
    {"%PDF-", "application/pdf"},
    {"%!PS-Adobe-", "application/postscript"},
    {"\u00fe\u00ff", "text/plain; charset=utf-16be"},
    {"\u00ff\u00fe", "text/plain; charset=utf-16le"},
    {"\u00ef\u00bb\u00bf", TEXT},
    {"\0\0\1\0", "image/x-icon"},
    {"\0\0\2\0", "image/x-icon"},
    {"BM", "image/bmp"},
    {"GIF87a", "image/gif"},
    {"GIF89a", "image/gif"},
    {"RIFF????WEBPVP", "image/webp"},
    {"\u0089PNG\r\n\u001a\n", "image/png"},
    {"\u00ff\u00d8\u00ff", "image/jpeg"},
    {"FORM????AIFF", "audio/aiff"},
    {"ID3", "audio/mpeg"},
    {"OggS\0", "application/ogg"},
    {"MThd\0\0\0\6", "audio/midi"},
    {"RIFF????AVI ", "video/avi"},
    {"RIFF????WAVE", "audio/wave"},
    {"\u001a\u0045\u00df\u00a3", "video/webm"},
    {"\0\1\0\0", "font/ttf"},
    {"OTTO", "font/otf"},
    {"ttcf", "font/collection"},
    {"wOFF", "font/woff"},
    {"wOF2", "font/woff2"},
    {"\u001f\u008b\b", "application/x-gzip"},
    {"PK\u0003\u0004", "application/zip"},
    {"Rar!\u001a\7\0", "application/x-rar-compressed"},
    {"Rar!\u001a\7\1\0", "application/x-rar-compressed"},
    {"\0asm", "application/wasm"},
  };

  private ContentSniffer() {}

  /** Never empty; looks at the first {@value #LOOKED_AT} bytes. */
  static String typeOf(Buffer content) {
    int length = Math.min(content.length(), LOOKED_AT);
    String head = new String(content.getBytes(0, length), StandardCharsets.ISO_8859_1);
    int start = 0;
    while (start < length && "\t\n\f\r ".indexOf(head.charAt(start)) >= 0) {
      start++;
    }
    for (String tag : HTML) {
      int end = start + tag.length();
      boolean comment = tag.equals("<!--");
      if (head.regionMatches(true, start, tag, 0, tag.length())
          && (comment || end < length && (head.charAt(end) == ' ' || head.charAt(end) == '>'))) {
        return "text/html; charset=utf-8";
      }
    }
    if (head.startsWith("<?xml", start)) {
      return "text/xml; charset=utf-8";
    }
    for (String[] signature : SIGNATURES) {
      if (begins(head, signature[0])) {
        return signature[1];
      }
    }
    if (mp4(content, length)) {
      return "video/mp4";
    }
    for (int i = start; i < length; i++) {
      char c = head.charAt(i);
      if (c <= 8 || c == 11 || c >= 14 && c <= 26 || c >= 28 && c <= 31) {
        return BINARY;
      }
    }
    return TEXT;
  }

  private static boolean begins(String head, String signature) {
    if (head.length() < signature.length()) {
      return false;
    }
    for (int i = 0; i < signature.length(); i++) {
      char c = signature.charAt(i);
      if (c != '?' && c != head.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static boolean mp4(Buffer content, int length) {
    if (length < 12) {
      return false;
    }
    long box = content.getUnsignedInt(0);
    if (length < box || box % 4 != 0 || content.getInt(4) != 0x66747970) { // ftyp
      return false;
    }
    for (int at = 8; at < box; at += 4) {
      if (at != 12
          && content.getByte(at) == 'm'
          && content.getByte(at + 1) == 'p'
          && content.getByte(at + 2) == '4') {
        return true;
      }
    }
    return false;
  }
}
