# daprd, the launcher of a virtual sidecar, for machines without a C compiler: the same program as
# ../c/launcher.c, whose comments say why; keep both alike (LauncherCases runs over both).
# Needs perl-base alone, which every Debian has. Linux only; started by daemon/bin/daprd with an absolute path.
use strict;
use warnings;
use Errno qw(EINTR EAGAIN ENOENT ECONNREFUSED ENOTDIR);
use Socket qw(PF_UNIX SOCK_STREAM SOL_SOCKET SO_PEERCRED);

use constant { MAX_FRAME => 4 * 1024 * 1024, CHUNK => 4096, MAX_SUN_PATH => 108 };

my @args = @ARGV;
my ($home) = $0 =~ m{^(.*)/src/main/perl/[^/]*$} or die "jitney: $0: not in its folder\n";
my $explicit = defined $ENV{JITNEY_SOCKET} && $ENV{JITNEY_SOCKET} ne '';
my $path = $explicit ? $ENV{JITNEY_SOCKET}
    : ($ENV{XDG_RUNTIME_DIR} // '') =~ m{^/} ? "$ENV{XDG_RUNTIME_DIR}/jitney/daemon.sock"
    : "/tmp/jitney-$>/daemon.sock";

sub say_line { print STDERR "jitney: $_[0]\n" }

sub daemon_ended {
    my $id = '';
    for my $i (0 .. $#args) {
        next unless $args[$i] =~ /^--?app-id(?:=(.*))?$/s;
        $id = $1 // $args[$i + 1] // '';
    }
    my $app = $id eq '' ? 'its app' : "app $id";
    say_line("the daemon at $path ended; $app is no longer served");
    exit 1;
}

# ---- the way to the daemon ----

sub peer_is_trusted {
    my ($socket) = @_;
    my $credentials = getsockopt($socket, SOL_SOCKET, SO_PEERCRED) or return 0;
    my (undef, $uid) = unpack 'iII', $credentials;
    return $uid == $> || $uid == 0 || ($> == 0 && $explicit);
}

sub connect_to_daemon {
    my $why;
    if (length($path) >= MAX_SUN_PATH) {
        $why = 'the path is too long for a Unix socket';
    } elsif (!socket(my $socket, PF_UNIX, SOCK_STREAM, 0)) {
        $why = $!;
    } else {
        my $connected;
        do { $connected = connect($socket, pack('S a' . MAX_SUN_PATH, PF_UNIX, $path)) } until $connected || $! != EINTR;
        return $socket if $connected && peer_is_trusted($socket);
        return if !$connected && ($! == ENOENT || $! == ECONNREFUSED || $! == ENOTDIR);
        $why = $connected ? 'the daemon there belongs to another user' : $!;
    }
    say_line("cannot use the daemon's socket $path: $why");
    exit 1 if $explicit;
    return;
}

sub become_private_daemon {
    my $script = "$home/bin/jitney";
    no warnings 'exec';
    $SIG{INT} = 'DEFAULT'; # a background job inherits it ignored, and a JVM keeps that
    exec { '/bin/sh' } '/bin/sh', $script, '__daprd', @args;
    say_line("cannot start a private daemon with $script: $!");
    exit 1;
}

my $daemon = connect_to_daemon() or become_private_daemon();

# ---- to the daemon ----

sub send_frame {
    my ($type, $payload) = @_;
    my $frame = pack('N a1', 1 + length $payload, $type) . $payload;
    my $sent = 0;
    while ($sent < length $frame) {
        my $n = syswrite $daemon, $frame, length($frame) - $sent, $sent;
        next if !defined $n && $! == EINTR;
        return if !defined $n;    # the daemon closed: what it said before is still to be read, and may say why
        $sent += $n;
    }
}

my ($stops, @signals) = (0);
for my $name (qw(TERM INT HUP)) {
    $SIG{$name} = sub {
        # daprd gives up waiting at the second request to stop. The closed socket tells the daemon.
        exit 1 if $name ne 'HUP' && ++$stops > 1;
        push @signals, $name;
    };
}
$SIG{PIPE} = $SIG{USR1} = $SIG{USR2} = 'IGNORE';
$SIG{QUIT} = sub { exit 2 };

{
    my $directory = readlink('/proc/self/cwd') // '/';
    $directory = '/' unless -d $directory;
    my @environment = map { "$_=$ENV{$_}" } keys %ENV;
    my $payload = join '', map { "$_\0" } 1, $directory, scalar @args, @args, scalar @environment, @environment;
    if (1 + length $payload > MAX_FRAME) {
        say_line('arguments and environment together are larger than 4 MiB, the most that the daemon takes');
        exit 1;
    }
    send_frame('O', $payload);
}
$0 = join ' ', 'daprd', @args;    # found by name, as programs that list sidecars do

# ---- from the daemon ----

my ($in, $type, $left, %dead) = ('', '', 0);

# The stream that the bytes in $in are for, or undef when more must be received first.
sub next_output {
    while (length $in) {
        if ($left == 0) {
            return if length $in < 5;
            ($left, $type) = unpack 'N a1', substr($in, 0, 5, '');
            $left -= 1 if $left > 0;
        } elsif ($type eq 'X') {
            exit ord $in;
        } else {
            my $stream = $type eq 'L' ? \*STDOUT : $type eq 'E' ? \*STDERR : undef;
            return $stream if $stream && !$dead{$type};
            my $skip = length $in < $left ? length $in : $left;
            substr($in, 0, $skip, '');
            $left -= $skip;
        }
    }
    return;
}

sub bit {
    my $bits = '';
    vec($bits, fileno $_[0], 1) = 1;
    return $bits;
}

while (1) {
    send_frame('S', shift @signals) while @signals;
    my $stream = next_output();
    my ($readable, $writable) = $stream ? (undef, bit($stream)) : (bit($daemon), undef);
    # Perl runs its handlers between operations: one that comes just before select() waits for this timeout.
    next if select($readable, $writable, undef, 1) <= 0;
    if ($stream) {
        my $size = length $in < $left ? length $in : $left;
        my $n = syswrite $stream, $in, $size < CHUNK ? $size : CHUNK;
        if (defined $n) {
            substr($in, 0, $n, '');
            $left -= $n;
        } elsif ($! != EINTR && $! != EAGAIN) {
            $dead{$type} = 1;
        }
    } else {
        my $n = sysread $daemon, $in, CHUNK, length $in;
        daemon_ended() if defined $n ? $n == 0 : $! != EINTR && $! != EAGAIN;
    }
}
