import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * The smallest keep-alive HTTP app: answers every request with 200 and two bytes. For measurements
 * only.
 */
public class TinyApp {
  private static final byte[] ANSWER =
      "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"
          .getBytes(StandardCharsets.US_ASCII);

  public static void main(String[] args) throws Exception {
    ServerSocket server =
        new ServerSocket(Integer.parseInt(args[0]), 256, InetAddress.getByName("127.0.0.1"));
    while (true) {
      Socket socket = server.accept();
      socket.setTcpNoDelay(true);
      Thread.ofVirtual().start(() -> serve(socket));
    }
  }

  private static void serve(Socket socket) {
    byte[] buffer = new byte[16384];
    int end = 0; // how much of the blank line has been seen
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (int n; (n = in.read(buffer)) > 0; ) {
        for (int i = 0; i < n; i++) {
          end = buffer[i] == "\r\n\r\n".charAt(end) ? end + 1 : buffer[i] == '\r' ? 1 : 0;
          if (end == 4) {
            out.write(ANSWER);
            end = 0;
          }
        }
      }
    } catch (Exception closed) {
      // the caller went away
    }
  }
}
