# yaml-document
$a---\nformat: 1
