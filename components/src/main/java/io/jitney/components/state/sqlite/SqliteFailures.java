package io.jitney.components.state.sqlite;

import io.jitney.components.spi.ComponentException;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What failures are called, and what they mean for the connection. */
final class SqliteFailures {
  private SqliteFailures() {}

  static ComponentException late() {
    return new ComponentException.Failed("context deadline exceeded");
  }

  static ComponentException closed() {
    return new ComponentException.Failed("sql: database is closed");
  }

  static ComponentException overloaded() {
    return new ComponentException.Overloaded("sqlite: too many calls are waiting");
  }

  /** The error in the words of the SQLite driver that daprd uses. */
  static String message(SQLException e) {
    if (!(e instanceof SQLiteException failure)) {
      return String.valueOf(e.getMessage());
    }
    SQLiteErrorCode code = failure.getResultCode();
    String text = String.valueOf(e.getMessage());
    int detail = text.lastIndexOf('(');
    String plain =
        detail > 0 && text.endsWith(")")
            ? text.substring(detail + 1, text.length() - 1)
            : code.message;
    return plain
        + " ("
        + code.code
        + ")"
        + (code == SQLiteErrorCode.SQLITE_BUSY ? " (SQLITE_BUSY)" : "");
  }

  /** The connection is of no use any more. */
  static boolean breakConnection(SQLException e) {
    if (!(e instanceof SQLiteException failure)) {
      return false;
    }
    int primary = failure.getResultCode().code & 0xff;
    return primary == SQLiteErrorCode.SQLITE_IOERR.code
        || primary == SQLiteErrorCode.SQLITE_READONLY.code
        || primary == SQLiteErrorCode.SQLITE_CORRUPT.code
        || primary == SQLiteErrorCode.SQLITE_NOTADB.code
        || primary == SQLiteErrorCode.SQLITE_CANTOPEN.code;
  }
}
