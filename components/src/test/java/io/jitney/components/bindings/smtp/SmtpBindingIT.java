package io.jitney.components.bindings.smtp;

import static io.jitney.components.bindings.BindingCalls.call;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import io.jitney.components.bindings.BindingCalls;
import io.jitney.components.bindings.OutputBinding;
import io.jitney.components.testing.TestNode;
import jakarta.mail.Message;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SmtpBindingIT {
  @TempDir Path folder;
  private TestNode node;
  private final GreenMail server =
      new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

  @BeforeEach
  void start() {
    node = new TestNode(folder);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
    node.close();
  }

  private OutputBinding open(String... metadata) {
    Map<String, String> all = new HashMap<>();
    all.put("host", "127.0.0.1");
    all.put("port", Integer.toString(server.getSmtp().getPort()));
    for (int i = 0; i < metadata.length; i += 2) {
      all.put(metadata[i], metadata[i + 1]);
    }
    return BindingCalls.open(node, SmtpBinding::open, "bindings.smtp", all);
  }

  @Test
  void aMailGoesToAllItIsFor() throws Exception {
    OutputBinding binding = open("emailFrom", "me@example.org", "subject", "default");

    Map<String, String> metadata =
        Map.of(
            "emailTo", "a@example.org;b@example.org",
            "emailCC", "c@example.org",
            "emailBCC", "d@example.org",
            "subject", "Grüße",
            "priority", "1");
    assertThat(call(binding, "create", "\"<b>hello</b>\\n\"", metadata).data()).isNull();

    assertThat(server.waitForIncomingEmail(5_000, 4)).isTrue();
    MimeMessage mail = server.getReceivedMessages()[0];
    assertThat(mail.getSubject()).isEqualTo("Grüße");
    assertThat(mail.getFrom()[0]).hasToString("me@example.org");
    assertThat(mail.getRecipients(Message.RecipientType.TO)).hasSize(2);
    assertThat(mail.getRecipients(Message.RecipientType.CC)).hasSize(1);
    assertThat(mail.getRecipients(Message.RecipientType.BCC)).isNull();
    assertThat(mail.getHeader("X-Priority")).containsExactly("1");
    assertThat(mail.getContentType()).startsWith("text/html");
    assertThat(String.valueOf(mail.getContent())).contains("<b>hello</b>");
    BindingCalls.await(binding.close());
  }

  @Test
  void theUserMustBeTheRightOne() throws Exception {
    server.setUser("me", "right");
    OutputBinding right = open("user", "me", "password", "right");
    OutputBinding wrong = open("user", "me", "password", "wr0ng");
    Map<String, String> metadata =
        Map.of("emailFrom", "m@example.org", "emailTo", "a@example.org", "subject", "s");

    call(right, "create", "\"x\"", metadata);

    assertThat(server.waitForIncomingEmail(5_000, 1)).isTrue();
    assertThat(server.getReceivedMessages()[0].getHeader("X-Priority"))
        .as("what nobody says is normal")
        .containsExactly("3");
    assertThatThrownBy(() -> call(wrong, "create", "\"x\"", metadata))
        .hasMessageStartingWith("error from smtp binding, sending email failed: ")
        .hasMessageNotContaining("wr0ng");
  }

  @Test
  void whatIsMissingIsSaid() {
    OutputBinding binding = open("emailFrom", "m@example.org", "subject", "s");

    assertThatThrownBy(() -> call(binding, "create", "\"x\"", Map.of()))
        .hasMessage(
            "smtp binding error: emailTo property not supplied in configuration- or"
                + " request-metadata");
    assertThatThrownBy(() -> call(binding, "create", "{}", Map.of("emailTo", "a@example.org")))
        .hasMessage("smtp binding error: can't unquote data field: invalid syntax");
    assertThatThrownBy(() -> open("user", "me"))
        .hasMessage("smtp binding error: both user and password fields are required in metadata");
    assertThatThrownBy(() -> open("priority", "6"))
        .hasMessage(
            "smtp binding error: priority value must be between 1 (highest) and 5 (lowest)");
    assertThatThrownBy(() -> open("port", "0"))
        .hasMessage("smtp binding error: host and port fields are required in metadata");
  }
}
