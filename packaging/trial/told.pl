# Stands for systemd's side of sd_notify in packaging/trial.sh: starts a command with a
# NOTIFY_SOCKET and writes down what it says there, until it ends.
use strict;
use Socket;
my ($path, $log, $pidfile, @command) = @ARGV;
unlink $path;
socket(my $socket, AF_UNIX, SOCK_DGRAM, 0) or die "socket: $!";
bind($socket, pack_sockaddr_un($path)) or die "bind $path: $!";
chmod 0666, $path;
my $pid = fork() // die "fork: $!";
if (!$pid) {
	$ENV{NOTIFY_SOCKET} = $path;
	$ENV{WATCHDOG_USEC} = 120_000_000;
	exec @command or die "exec: $!";
}
open(my $p, '>', $pidfile) or die; print $p $pid; close $p;
open(my $l, '>', $log) or die; $l->autoflush(1) if $l->can('autoflush'); select((select($l), $| = 1)[0]);
my $listener = fork() // die "fork: $!";
if (!$listener) {
	while (defined recv($socket, my $said, 4096, 0)) { print $l "$said\n"; }
	exit;
}
waitpid($pid, 0);
my $status = $? >> 8;
kill 'KILL', $listener;
waitpid($listener, 0);
print $l "ended with $status\n";
unlink $pidfile;
