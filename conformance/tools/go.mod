// Programs that the tests drive the plugins with, pinned. Built into dist/tools by build.sh where Go is installed.
module trestle.test/tools

go 1.24

tool github.com/containernetworking/cni/cnitool

require github.com/containernetworking/cni v1.3.0 // indirect
