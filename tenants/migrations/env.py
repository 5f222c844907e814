"""Not used at run time: `tenants.provision` renders each revision to SQL once and runs it in every schema."""
