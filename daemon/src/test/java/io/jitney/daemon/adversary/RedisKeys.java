package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Looks into a Redis behind everybody's back. */
public final class RedisKeys {
  private final String host;
  private final int port;

  public RedisKeys(String address) {
    int colon = address.indexOf(':');
    host = address.substring(0, colon);
    port = Integer.parseInt(address.substring(colon + 1));
  }

  /** Data and version of each key that matches. */
  public Map<String, String> values(String pattern) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      Map<String, String> values = new TreeMap<>();
      for (Object key : (List<?>) ask(socket, "KEYS", pattern)) {
        values.put((String) key, String.valueOf(ask(socket, "HGETALL", (String) key)));
      }
      return values;
    }
  }

  /** The reply to one command, a list as Java prints it. */
  public String ask(String... words) throws IOException {
    try (Socket socket = new Socket(host, port)) {
      return String.valueOf(ask(socket, words));
    }
  }

  private static Object ask(Socket socket, String... words) throws IOException {
    StringBuilder command = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      command.append('$').append(word.getBytes(UTF_8).length).append("\r\n");
      command.append(word).append("\r\n");
    }
    socket.getOutputStream().write(command.toString().getBytes(UTF_8));
    return read(new DataInputStream(socket.getInputStream()));
  }

  private static Object read(DataInputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("Redis closed the connection");
      }
      line.append((char) b);
    }
    String rest = line.substring(1).strip();
    return switch (line.charAt(0)) {
      case '*' -> {
        List<Object> items = new ArrayList<>();
        for (int i = 0; i < Integer.parseInt(rest); i++) {
          items.add(read(in));
        }
        yield items;
      }
      case '$' -> {
        byte[] text = in.readNBytes(Integer.parseInt(rest));
        in.readNBytes(2);
        yield new String(text, UTF_8);
      }
      default -> rest;
    };
  }
}
