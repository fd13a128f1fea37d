package io.jitney.daemon.adversary;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An app that gives its port up and keeps its connections: whatever still comes over them is meant
 * for somebody else.
 */
final class KeepingApp implements AutoCloseable {
  private final ServerSocket server = new ServerSocket();
  private final List<Socket> connections = new CopyOnWriteArrayList<>();
  private final List<String> stolen = new CopyOnWriteArrayList<>();
  private volatile boolean gaveUp;

  KeepingApp(int port) throws IOException {
    server.setReuseAddress(true);
    server.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
    Thread.ofVirtual().start(this::accept);
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = server.accept();
        connections.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      }
    } catch (IOException closed) {
      // The port is given up.
    }
  }

  /** Requests without bodies; answers each at once. */
  private void serve(Socket socket) {
    try {
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      for (int b = in.read(); b >= 0; b = in.read()) {
        head.append((char) b);
        if (head.toString().endsWith("\r\n\r\n")) {
          if (gaveUp) {
            stolen.add(head.toString());
          }
          head.setLength(0);
          socket
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nthief".getBytes(ISO_8859_1));
        }
      }
    } catch (IOException closed) {
      // As every connection once.
    }
  }

  /** From now on the port is free; returns how many connections are kept. */
  int giveUpPort() throws IOException {
    gaveUp = true;
    server.close();
    return connections.size();
  }

  /** What came after that. */
  List<String> stolen() {
    return stolen;
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : connections) {
      socket.close();
    }
  }
}
